"""The demo: the whole life of a sale on a local chain, reconciled to the last unit, and its report.

Everything in it is made up from one seed and one real distribution of holders: same seed, same
report. Buyers, treasury and attester are roles; nobody in it is a person.
"""
