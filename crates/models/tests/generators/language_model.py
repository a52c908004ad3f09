"""A real server that speaks chat completions, for tests: llama.cpp, with a small model.

    language_model.py MODEL-FILE

It listens on a free port of this machine, writes its address in one line, and ends when its standard
input does: whoever started it need only go away.
"""

import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 1024
params.n_parallel = 1
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.warmup = False
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
