// SPDX-License-Identifier: BSL-1.0
//
// node screenshot.mjs REPORT.html OUT.png [WIDTH [light|dark [LAST]]]: saves the picture of a
// report, down to the end of the element that the selector LAST finds, or of the whole.
import { launch, open } from "./browser.mjs";

const [report, out, width = "1240", scheme = "light", last = "body"] = process.argv.slice(2);
const browser = await launch();
const { page } = await open(browser, report, {
  viewport: { width: Number(width), height: 900 },
  colorScheme: scheme,
});
const height = await page.$eval(last, (x) => x.getBoundingClientRect().bottom + scrollY + 16);
const clip = { x: 0, y: 0, width: Number(width), height: Math.ceil(height) };
await page.screenshot({ path: out, fullPage: true, clip });
await browser.close();
