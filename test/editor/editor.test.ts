// The real editor of a real n8n in a real browser. One n8n and one browser serve all parts, so they stand in one file.
import { startEditor, stopEditor } from './support/world';

beforeAll(startEditor, 900_000);

afterAll(stopEditor);

import './nodeCreator';
import './panels';
import './trigger';
import './dropdowns';
import './credentials';
import './templates';
import './selfCheck';
import './pictures';
