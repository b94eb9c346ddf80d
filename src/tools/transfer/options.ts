import { GatewayError } from '../../kernel/errors';

/** Words and options of a command line. @throws GatewayError with the usage */
export function parseOptions(args: readonly string[], known: readonly string[], flags: readonly string[], usage: string): { readonly words: readonly string[]; readonly options: ReadonlyMap<string, string> } {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (flags.includes(arg)) options.set(arg, 'true');
    else if (!arg.startsWith('--')) words.push(arg);
    else {
      const value = args[index + 1];
      if (!known.includes(arg) || value === undefined) throw new GatewayError('BAD_USER_INPUT', usage);
      options.set(arg, value);
      index += 1;
    }
  }
  return { words, options };
}

export const DEFAULT_URL = 'http://127.0.0.1:4000';

/** Ends the process with 1 and says why: foreseen failures in a sentence, others with where they came from. */
export function runTool(run: (args: readonly string[]) => Promise<void>): void {
  run(process.argv.slice(2)).catch((error: unknown) => {
    const foreseen = error instanceof GatewayError || (error instanceof Error && ('code' in error || 'codes' in error));
    process.stderr.write(`${error instanceof Error ? (foreseen ? error.message : (error.stack ?? error.message)) : String(error)}\n`);
    process.exitCode = 1;
  });
}
