// SPDX-License-Identifier: BSL-1.0
//
// Debian's Chromium, without a network, and a page in it.
import { chromium } from "playwright-core";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";

export const isInstalled = () => existsSync(executablePath);

export const launch = () =>
  chromium.launch({
    executablePath,
    // Chromium does not start as root otherwise. All pages shown are our own.
    args: process.getuid() === 0 ? ["--no-sandbox"] : [],
  });

/// Opens the file in a new page. Also returns its requests for other resources, and its errors and
/// console messages. `options` are those of a browser context.
export async function open(browser, file, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    offline: true,
    ...options,
  });
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  const requests = [];
  const complaints = [];
  await page.route("**/*", (route) => {
    if (route.request().url() === url) return route.continue();
    requests.push(route.request().url());
    return route.abort();
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(url);
  return { page, requests, complaints, close: () => context.close() };
}
