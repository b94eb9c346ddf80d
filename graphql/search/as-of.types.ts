import { Field, InputType } from 'type-graphql';
import type { AsOfInput } from '../../src/domain/search/as-of';

@InputType('AsOfInput', { description: 'A look back in one time or both. What is deleted, expired or purged by now is in no past.' })
export class AsOfInputType implements AsOfInput {
  @Field(() => Date, { nullable: true, description: 'What was true then: valid periods that cover it, also of what was superseded since; events that had happened.' })
  validAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'As it was known then: memories as their revisions show them, events that had been appended, passages that their documents had then and still have, the running summary of then. Today’s knowledge unless given.' })
  knownAt?: Date | null;
}

export const AS_OF = 'As it was then; now unless given. Found by words alone.';
