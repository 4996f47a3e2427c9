// An error that a person can act on: printed alone, without a stack, before the command ends with exit code 1.
export class Sentence extends Error {}

export function endWith(error) {
  console.error(`luso: ${error instanceof Sentence ? error.message : (error?.stack ?? error)}`);
  process.exit(1);
}
