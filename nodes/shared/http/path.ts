/** What an item may hold in place of an ID. URLs read '%2e' as a dot. */
const CLIMBING = /(^|\/)(\.|%2e){1,2}(\/|\?|$)/i;

/** Why a path leads elsewhere than it says, as '..' in it leads to another endpoint; null when it does not. */
export function problemWithPath(path: string): string | null {
	return CLIMBING.test(path)
		? "Not sent: an ID or a name in the address is '.' or '..', which would lead to another endpoint. Enter the one that the service shows, or check the expression."
		: null;
}
