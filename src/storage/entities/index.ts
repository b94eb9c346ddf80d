import type { EntitySchema } from 'typeorm';

export const ENTITIES: EntitySchema[] = [];
