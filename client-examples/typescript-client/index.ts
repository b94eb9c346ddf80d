export { retrying } from './backoff';
export * from './client';
export * from './errors';
export * from './operation';
export * from './operations';
export * from './sessions';
