"""Search as the common frameworks do it, to compare with: each in its default form and in its best form for Chinese.

Installed apart, by the extra `peers`; see `eval.bench_peers` and `make bench-peers`.
"""
