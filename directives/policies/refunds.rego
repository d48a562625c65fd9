# At night nobody is there to look twice, so large refunds wait for the morning.
package workforce.refunds

# In dollars.
limit := 500

deny contains reason if {
	input.action.tool == "billing.refund"
	at_night
	large
	reason := sprintf("No refunds over $%d between 22:00 and 6:00. Ask again in the morning.", [limit])
}

at_night if input.now.hour >= 22

at_night if input.now.hour < 6

large if input.action.amount.value > limit

# An amount that nobody can read is not small.
large if input.action.amount == null
