"""A participant's receipt: what an account got and why, in a form that proves itself without a node.

proofs     what is in a receipt, and what of it is proved by which block
figures    everything that follows from the proofs, computed again by whoever has the receipt
make       a receipt from a sale that was audited
words      the figures in sentences
page       the same as a page, which checks itself in a browser
"""
