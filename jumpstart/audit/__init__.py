"""The audit: a sale replayed from what its chain has, and compared with what its contracts say.

findings    what differs; what was compared, what is explained, and what was not looked at
subject     the sale, found on the chain, with everything that it works with
journal     its transactions: every event since the beginning, read twice and held against receipts
logs        which of them concern the sale
calldata    what a subscription carried: an amount, a holding, a proof
replay      the models, driven by the events; each event explained, none missing
sale, escrow, review, roles, vault, passes     the events of each contract
consent     an account's word for a payout to another address
flows       what must have moved, against the transfers of each transaction
coins       the native coin, of which there are no events
state       every value that the contracts have, against the models'; storage, participants     parts of it
balances    what each contract holds, to the last unit
code        bytecode against a rebuild       bugs    of the compiler, as its makers list them
powers      who can do what now
holdings    the published root, recomputed
report      all of it as canonical JSON
audit       the whole
watch       the whole, block after block           metrics  what it shows to a monitoring system
page/, receipt/     the report for people; what one participant got, with its proof
"""
