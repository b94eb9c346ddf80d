/** Equals package.json's version (a test holds them together): the build keeps package.json outside of `dist/`. */
export const VERSION = '0.1.0';
