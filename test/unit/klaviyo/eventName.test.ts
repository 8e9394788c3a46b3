import fc from 'fast-check';

import { toSnakeCase } from '../../../nodes/Klaviyo/normalise/eventName';
import { metricOfEventName, metricOfSlug } from '../../../nodes/Klaviyo/normalise/metricNames';

describe('a name in snake_case', () => {
	it.each([
		['Placed Order', 'placed_order'],
		['placedOrder', 'placed_order'],
		['Received WhatsApp', 'received_whatsapp'],
		['iOS App Opened', 'ios_app_opened'],
		[' Quiz: answered! ', 'quiz_answered'],
		['Añadido al carrito', 'anadido_al_carrito'],
		['Đặt hàng', 'đat_hang'],
		['Objednávka odeslána', 'objednavka_odeslana'],
		['ＡＢＣ ﬁnished', 'abc_finished'],
		['İptal Edildi', 'iptal_edildi'],
		['Loved it ❤️ twice', 'loved_it_twice'],
		['バスケットに追加', 'バスケットに追加'],
		['ﾊﾞｽｹｯﾄ', 'バスケット'],
		['주문 완료', '주문_완료'],
		['आदेश दिया', 'आदेश_दिया'],
		['ทำการสั่งซื้อ', 'ทำการสั่งซื้อ'],
		['تَمَّ الطلب', 'تَمَّ_الطلب'],
		['הִזְמִין', 'הִזְמִין'],
		['Ёлка Йод', 'ёлка_йод'],
		['Παραγγελία', 'παραγγελία'],
		['Canceled Order', 'cancelled_order'],
		['Cancelled Order', 'cancelled_order'],
		['Unsubscribed from SMS Marketing', 'unsubscribed_from_sms_marketing'],
		['Unsubscribed from Text Messaging Marketing', 'unsubscribed_from_sms_marketing'],
		['unsubscribed_from_text_messaging_marketing', 'unsubscribed_from_sms_marketing'],
		['Subscribed to Text Messaging Marketing', 'subscribed_to_sms_marketing'],
	])('of %j is %j', (name, snake) => {
		expect(toSnakeCase(name.normalize('NFD'))).toBe(snake);
		expect(toSnakeCase(name.normalize('NFC'))).toBe(snake);
	});

	it('is NFC, and stays itself', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (name) => {
				const snake = toSnakeCase(name);
				expect(snake).toBe(snake.normalize('NFC'));
				expect(toSnakeCase(snake)).toBe(snake);
			}),
			{ numRuns: 2_000 },
		);
	});
});

describe('a metric as Klaviyo writes it', () => {
	it.each([
		['placed_order', 'Placed Order'],
		['submitted_review', 'Submitted review'],
		['active_on_site', 'Active on Site'],
		['canceled_order', 'Canceled Order'],
		['cancelled_order', 'Cancelled Order'],
		['received_sms', 'Received SMS'],
		['social_dm', 'Social DM'],
		['unsubscribed_from_list', 'Unsubscribed from List'],
	])('is told by the slug %s', (slug, metric) => {
		expect(metricOfSlug(slug)).toBe(metric);
	});

	it('is told by the event’s own name where a shop has such a metric', () => {
		expect(metricOfEventName('placed_order')).toBe('Placed Order');
		expect(metricOfEventName('winback_due')).toBeUndefined();
		expect(metricOfEventName('subscribed_to_list')).toBeUndefined();
	});
});
