"""Deploying for real: reviewed input in, verified record out, killed anywhere in between.

steps       what a deployment consists of: one transaction each, and what has to be true after it
platforms   the steps of a platform          listings   the steps of a sale
rehearsal   all steps on a copy of the chain: the plan
journal     what is about to be sent is written down first
outbox      one transaction through: fees, replacement, lost nodes, re-orgs
run         all of them: apply and resume
record      what was deployed, for the repository
verify      the record against the chain, value by value
"""
