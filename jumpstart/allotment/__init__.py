"""Allotment: who gets how much of what is on sale. One module for each rule, and none knows another.

Every rule works in two steps. The first makes a small outcome of all subscriptions; the second gives
one account's allotment from that outcome and the account's own figures, without a list of the others.
So a contract can keep the first in a word or two, and pay everybody in a transaction of his own.

No rule allots more than is on sale, more than was subscribed, or more than a cap. Rounding is down.
"""
