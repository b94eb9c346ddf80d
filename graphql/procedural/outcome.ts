import { registerEnumType } from 'type-graphql';
import { OUTCOMES } from '../../src/domain/procedural/procedure';
import { enumOf } from '../enum';

export const ProcedureOutcomeEnum = enumOf(OUTCOMES);
registerEnumType(ProcedureOutcomeEnum, {
  name: 'ProcedureOutcome',
  description: 'How it ended.',
  valuesConfig: { SUCCESS: { description: 'It went well.' }, FAILURE: { description: 'It failed.' }, PARTIAL: { description: 'Some of it was done.' } },
});
