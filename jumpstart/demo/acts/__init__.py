"""The acts: what people do, part by part of a sale's life, on the chain and before the mirror.

Each act sends real transactions, tells the mirror what was done and when, and compares what the
contracts made of it with what the models make of it.
"""
