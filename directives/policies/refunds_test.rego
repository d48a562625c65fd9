package workforce.refunds_test

import data.workforce.refunds

refund(dollars, hour) := {
	"action": {"tool": "billing.refund", "amount": {"value": dollars, "currency": "USD"}},
	"now": {"hour": hour},
}

test_a_large_refund_at_night_is_denied if {
	count(refunds.deny) == 1 with input as refund(900, 23)
	count(refunds.deny) == 1 with input as refund(900, 5)
}

test_a_large_refund_by_day_is_left_to_the_sentences if {
	count(refunds.deny) == 0 with input as refund(900, 6)
	count(refunds.deny) == 0 with input as refund(900, 21)
}

test_a_small_refund_at_night_is_left_to_the_sentences if {
	count(refunds.deny) == 0 with input as refund(500, 2)
}

test_an_unreadable_amount_counts_as_large if {
	count(refunds.deny) == 1 with input as {"action": {"tool": "billing.refund", "amount": null}, "now": {"hour": 2}}
}

test_other_tools_are_none_of_its_business if {
	count(refunds.deny) == 0 with input as {"action": {"tool": "orders.get", "amount": null}, "now": {"hour": 2}}
}
