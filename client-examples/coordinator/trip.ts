import type { Skill } from './specialist';
import type { Task } from './task';

/** Specialists with fixed answers, so that the example runs without a model. */
export const SKILLS: Readonly<Record<string, Skill>> = {
  weather: (task) => `${task}: 14 degrees and showers.`,
  sights: (task) => `${task}: Livraria Lello, the Douro by tram 1, Serralves.`,
  packing: (_, { forecast = '' }) => (forecast.includes('showers') ? 'A rain jacket and good shoes.' : 'Sun cream.'),
};

export const TASKS: readonly Task[] = [
  { id: 'forecast', specialist: 'weather', text: 'Porto in November', needs: [] },
  { id: 'places', specialist: 'sights', text: 'Three days in Porto', needs: [] },
  { id: 'suitcase', specialist: 'packing', text: 'What to take', needs: ['forecast', 'places'] },
];
