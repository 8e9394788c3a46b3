import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** What a command line tool printed, without the last line's end. @throws with what it said when it fails */
export async function output(
	command: string,
	args: string[],
	options: { uid?: number; gid?: number; cwd?: string } = {},
): Promise<string> {
	const { stdout } = await promisify(execFile)(command, args, {
		...options,
		maxBuffer: 64 * 1024 * 1024,
	});
	return stdout.trim();
}

/** Whether a command line tool ends well. */
export async function succeeds(command: string, args: string[]): Promise<boolean> {
	return await output(command, args).then(
		() => true,
		() => false,
	);
}

/** The ids of a user of this system, for programs that refuse to run as root; nothing when this process is not root. */
export function unlessRoot(user: string): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = (flag: string) => Number(execFileSync('id', [flag, user]).toString());
	return { uid: idOf('-u'), gid: idOf('-g') };
}
