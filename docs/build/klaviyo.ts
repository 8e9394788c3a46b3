// Writes the table of docs/klaviyo.md. Run: npm run docs:klaviyo
import { OPERATIONS, operationsTable } from './operations';
import { writeSections } from '../../bench/section';

writeSections('docs/klaviyo.md', { [OPERATIONS]: operationsTable() });
console.log('Written: docs/klaviyo.md');
