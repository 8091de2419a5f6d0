"""Fetches a large made-up history from a made-up node, and measures speed, requests and memory.

    python -m benchmarks.fetch [--logs N] [--cap N]

The node is a process of its own that makes logs up as it is asked, of twenty logs a block, and refuses
ranges with more than so many. It takes as long to make an answer as to read one: on a machine with two
cores the figures are those of a node that is as fast as we are. Everything is checked as with a real
one, but for balances, which this one does not know.
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from jumpstart.chain.blocks import header_hash
from jumpstart.snapshot.fetch.logs import Filter
from jumpstart.snapshot.fetch.policy import Policy
from jumpstart.snapshot.fetch.pool import Pool
from jumpstart.snapshot.fetch.run import fetch_logs
from jumpstart.snapshot.fetch.tables import TRANSFERS
from jumpstart.snapshot.fetch.transfers import TRANSFER

LOGS: Final = 2_000_000
CAP: Final = 10_000
LOGS_OF_BLOCK: Final = 20
TOKEN: Final = "0x" + "7" * 40

_ZEROS: Final = "0x" + "0" * 64


class _Node(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    last = 0
    cap = 0

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_batch = isinstance(message, list)
        parts = b",".join(map(self.answer, message if is_batch else [message]))
        body = b"[" + parts + b"]" if is_batch else parts
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, message: dict[str, Any]) -> bytes:
        method, params = message["method"], message["params"]
        result: Any = {"eth_chainId": "0x539", "eth_blockNumber": hex(self.last)}.get(method)
        if method == "eth_getBlockByNumber":
            number = self.last if params[0] == "finalized" else int(params[0], 16)
            result = header(number)
        if method == "eth_getLogs":
            first, last = (int(params[0][name], 16) for name in ("fromBlock", "toBlock"))
            if (last - first + 1) * LOGS_OF_BLOCK > self.cap:
                error = {"code": -32005, "message": f"more than {self.cap} results"}
                return json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}).encode()
            logs = ",".join(logs_of(number) for number in range(first, last + 1))
            return f'{{"jsonrpc":"2.0","id":{message["id"]},"result":[{logs}]}}'.encode()
        return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()

    def log_message(self, *arguments: Any) -> None:
        pass


def header(number: int) -> dict[str, Any]:
    fields: dict[str, Any] = dict.fromkeys(
        ("parentHash", "sha3Uncles", "stateRoot", "transactionsRoot", "receiptsRoot", "mixHash"),
        _ZEROS,
    )
    fields |= dict.fromkeys(("difficulty", "gasLimit", "gasUsed", "timestamp"), "0x1")
    fields |= {"number": hex(number), "miner": TOKEN, "extraData": "0x", "nonce": "0x" + "0" * 16}
    fields["logsBloom"] = "0x" + "f" * 512
    return {**fields, "hash": header_hash(fields), "transactions": [_ZEROS] * 150}


def logs_of(number: int) -> str:
    name = header_hash(header(number))
    return ",".join(
        f'{{"address":"{TOKEN}","topics":["{TRANSFER}","0x{place % 977:064x}","0x{place % 991:064x}"],'
        f'"data":"0x{place:064x}","blockNumber":"{number:#x}","transactionHash":"0x{place:064x}",'
        f'"transactionIndex":"0x0","blockHash":"{name}","logIndex":"{place % LOGS_OF_BLOCK:#x}",'
        '"removed":false}'
        for place in range(number * LOGS_OF_BLOCK, (number + 1) * LOGS_OF_BLOCK)
    )


def serve(last: int, cap: int, told: Connection) -> None:
    handler = type("Handler", (_Node,), {"last": last, "cap": cap})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    told.send(server.server_address[1])
    server.serve_forever()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--logs", type=int, default=LOGS)
    parser.add_argument("--cap", type=int, default=CAP)
    options = parser.parse_args()
    last = options.logs // LOGS_OF_BLOCK
    heard, told = multiprocessing.Pipe()
    node = multiprocessing.Process(target=serve, args=(last, options.cap, told), daemon=True)
    node.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        pool = Pool([f"http://127.0.0.1:{heard.recv()}"], Policy())
        wanted = Filter(address=TOKEN, topics=(TRANSFER,))
        with tempfile.TemporaryDirectory() as folder:
            start = time.monotonic()
            fetched = fetch_logs(pool, wanted, TRANSFERS, [last], Path(folder) / "work", first=1)
            seconds = time.monotonic() - start
            size = sum(file.stat().st_size for file in fetched.files)
    finally:
        node.kill()
        node.join()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    used = resource.getrusage(resource.RUSAGE_SELF)
    counts = pool.nodes[0].counts
    asked = counts["eth_getLogs"]
    print(f"logs              {fetched.rows:,} in {last:,} blocks, each asked for twice")
    print(f"seconds           {seconds:.1f}, {fetched.rows / seconds:,.0f} logs a second")
    print(f"of our processor  {used.ru_utime + used.ru_stime:.1f}")
    print(f"requests          {asked:,} for logs, {counts.get('batch', 0):,} for headers")
    print(f"logs a request    {2 * fetched.rows / asked:,.0f}, at most {options.cap:,}")
    print(f"bytes             {size:,} of Parquet")
    print(f"memory            {peak >> 10:,} MiB at most, {before >> 10:,} before")
    return 0 if fetched.rows == last * LOGS_OF_BLOCK else 1


if __name__ == "__main__":
    raise SystemExit(main())
