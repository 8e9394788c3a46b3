// What each event is, and is for, in words for people: no code says that.

/** An event for people. */
export interface Described {
	/** Title in a customer's timeline. */
	title: string;
	/** What a marketer can do with it. */
	use: string;
}

const CATALOGUE: Record<string, Described> = {
	birthday: { title: 'Has a birthday', use: 'Congratulate, give points, print a card' },
	birthday_points_granted: {
		title: 'Got birthday points',
		use: 'Show the points of a person; remind of points that were never used',
	},
	campaign_changed: {
		title: 'A campaign changed',
		use: 'Know which campaign an open or an order came from; report on campaigns beside other channels',
	},
	campaign_results: {
		title: 'What a campaign brought',
		use: 'Compare campaigns with other channels',
	},
	cancelled_order: {
		title: 'Cancelled an order',
		use: 'Take the order out of revenue; leave the person in peace for some days',
	},
	cart_abandoned: {
		title: 'Left a cart behind',
		use: 'Remind by a channel that Klaviyo does not have, e.g. an ad or a call; count carts that were left',
	},
	cart_recovered: {
		title: 'Came back to a cart',
		use: 'Stop all reminders; count what reminders bring',
	},
	date_reached: {
		title: 'A date came',
		use: 'Start what belongs to the date, e.g. an anniversary',
	},
	erasure_requested: {
		title: 'Asked to be erased',
		use: 'Take the person out of every audience until the data is deleted',
	},
	flow_event: { title: 'Something happened in a flow', use: 'Whatever the flow stands for' },
	flow_results: {
		title: 'What a message of a flow brought',
		use: 'Compare flows with other channels',
	},
	joined_segment: {
		title: 'Joined a segment of Klaviyo',
		use: 'Use Klaviyo’s segments, e.g. At Risk, in Meiro’s audiences and in ads',
	},
	low_inventory: {
		title: 'A product is nearly sold out',
		use: 'Tell those who looked at it; stop ads for it',
	},
	placed_order: {
		title: 'Placed an order',
		use: 'Number of orders, revenue, last order; take buyers out of ads for what they bought',
	},
	price_dropped: { title: 'A price dropped', use: 'Tell those who looked at the product' },
	profile_suppressed: {
		title: 'Can no longer be written to',
		use: 'Take the person out of audiences for this channel; reach them by another one',
	},
	profile_updated: {
		title: 'Told more of themselves',
		use: 'Keep names, birthdays and answers of a person up to date as attributes',
	},
	ready_to_review: {
		title: 'Can review a product',
		use: 'Ask for the review once, by the channel that works best',
	},
	refunded_order: {
		title: 'Got money back',
		use: 'Take the amount out of revenue; find those who return much',
	},
	review_submitted: {
		title: 'Reviewed a product',
		use: 'Thank for a good review; have customer care call after a bad one',
	},
	segment_followed_up: {
		title: 'Came back after joining a segment',
		use: 'See whether a segment’s messages bring people back',
	},
	started_checkout: {
		title: 'Started a checkout',
		use: 'See the way to an order; start an own reminder',
	},
	subscribed_to_list: {
		title: 'Signed up for a list',
		use: 'Know where a person signed up; welcome them; add them to look-alike audiences',
	},
	survey_answered: {
		title: 'Answered a survey',
		use: 'NPS per person; have customer care call detractors',
	},
	unsubscribed_from_email_marketing: {
		title: 'Wants no more emails',
		use: 'Send nothing by email from any tool; reach the person by another channel',
	},
	unsubscribed_from_list: {
		title: 'Left a list',
		use: 'Take the person out of what the list stands for, e.g. an event',
	},
	unsubscribed_from_sms_marketing: {
		title: 'Wants no more text messages',
		use: 'Send nothing by SMS from any tool; reach the person by another channel',
	},
	viewed_product: {
		title: 'Looked at a product',
		use: 'Interests of a person; show ads for what they looked at',
	},
	winback_due: {
		title: 'Has not ordered for long',
		use: 'An offer by what the person was worth; leave those in peace who bought elsewhere',
	},
};

/** An event of a shop's own has its name for a title. */
export function described(name: string): Described {
	const words = name.replaceAll('_', ' ');
	return (
		CATALOGUE[name] ?? {
			title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
			use: 'Whatever it stands for in your shop',
		}
	);
}
