"""The participant's page: made from the sources in `web/`, put up for one sale, and verified.

`built/` has the script and the style sheet, which are the same for every sale. The HTML is the page's own:
it names the sale, the chain and the node, and the hashes of both files.
"""
