import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { importsOfRooms, PICTURES } from '../../docs/build/architecture';

const IMAGES = join(__dirname, '../../docs/images');

it.each(Object.keys(PICTURES))('the picture %s shows the code as it is', (name) => {
	expect(readFileSync(join(IMAGES, name), 'utf8')).toBe(PICTURES[name]!());
});

it('no two rooms import from each other, straight or by others', () => {
	const imports = importsOfRooms();
	const reaches = (from: string, seen: Set<string>): Set<string> => {
		for (const to of imports.get(from)!) {
			if (!seen.has(to)) reaches(to, seen.add(to));
		}
		return seen;
	};
	expect([...imports.keys()].filter((room) => reaches(room, new Set()).has(room))).toEqual([]);
});
