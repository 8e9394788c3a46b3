// What every part of the page does with elements and times.

export function find(id: string): HTMLElement {
	const node = document.getElementById(id);
	if (!node) throw new Error(`The page has no #${id}`);
	return node;
}

export function findSelect(id: string): HTMLSelectElement {
	const node = find(id);
	if (!(node instanceof HTMLSelectElement)) throw new Error(`#${id} is not a select`);
	return node;
}

/** An element whose content is text only: payloads and names come from strangers. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
	tag: Tag,
	{ text, ...attributes }: Record<string, string> = {},
	...children: Array<Node | string>
): HTMLElementTagNameMap[Tag] {
	const node = document.createElement(tag);
	if (text !== undefined) node.textContent = text;
	for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
	node.append(...children);
	return node;
}

/** A name that may break after its underscores and dashes, not in the midst of a word. */
export function breakable(name: string): Array<Node | string> {
	const parts = name.split(/(?<=[_.-])/);
	return parts.flatMap((part, at) => (at === 0 ? [part] : [document.createElement('wbr'), part]));
}

export function setText(node: HTMLElement, text: string): void {
	if (node.textContent !== text) node.textContent = text;
}

export function clock(iso: string): string {
	const time = new Date(iso);
	const two = (number: number) => String(number).padStart(2, '0');
	return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
