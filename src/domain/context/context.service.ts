export const createContextService = (deps: unknown) => deps;
