// Writes one transaction after the other and prints each number once it is acknowledged, until somebody kills it.
import { writeSync } from 'node:fs';
import { newId } from '../../kernel/ids';
import { openDatabase } from '../../storage/database';
import { prepared } from '../../storage/sql';
import { silentLogger } from '../database';

const [, , dataDir = '', first = '0'] = process.argv;
const insertTenant = prepared('tenant', 'insert into tenants (id, name) values ($1, $2)');
const insertBank = prepared('bank', 'insert into banks (tenant_id, id) values ($1, $2)');

async function main(): Promise<void> {
  const database = await openDatabase({ kind: 'pglite', dataDir, logger: silentLogger });
  for (let number = Number(first); ; number += 1) {
    await database.transact(async (sql) => {
      await sql.query(insertTenant, [`t${number}`, newId()]);
      await sql.query(insertBank, [`t${number}`, 'default']);
    });
    writeSync(1, `${number}\n`);
    if (number % 50 === 49) void database.housekeeping.run();
  }
}

void main();
