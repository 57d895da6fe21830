// SPDX-License-Identifier: BSL-1.0
//
// node screenshot.mjs REPORT.html OUT.png [WIDTH [dark]]: saves the picture of a report.
import { launch, open } from "./browser.mjs";

const [report, out, width = "1240", scheme = "light"] = process.argv.slice(2);
const browser = await launch();
const { page } = await open(browser, report, {
  viewport: { width: Number(width), height: 900 },
  colorScheme: scheme,
});
await page.screenshot({ path: out, fullPage: true });
await browser.close();
