import { accessSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Without these the browser asks its maker's hosts for updates. As root it has no sandbox. */
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** An installed Chromium or Chrome, headless, in a profile of its own. @throws when there is none */
export function launchBrowser(): Promise<Browser> {
  const executablePath = PLACES.find(exists);
  if (executablePath === undefined) throw new Error(`browser tests need Chromium or Chrome (Debian: apt-get install chromium); looked at ${PLACES.join(', ')}`);
  return chromium.launch({ executablePath, args: QUIET });
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
