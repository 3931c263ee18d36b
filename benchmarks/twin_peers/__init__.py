"""The twin beside other simulators: the same three models, the same statistics, one run, one core.

Run: ``python -m benchmarks.twin_peers [rounds]`` after ``pip install ciw==3.2.7 simpy==4.1.1 salabim==26.0.9
queueing-tool==1.2.5 cimba==0.9.5`` or some of them (no dependencies of the product); who is not installed is left out.
Models: M/M/5 at load 0.9, M/M/5+M (5.5 Erlang, patience rate 0.5), and a plain branch day of 8 hours with half-hourly
rates: cash 30 an hour, advice 8, VIP 4, self-service 36; five cash windows, four advisers who call VIPs first, four
machines; 12 % of machine users fall back to a cash window; people walk out. Rounds are interleaved; figures are medians
of CPU time. Every engine gives the same means: the minutes that those called to a counter waited in all, before a
machine too, and walk-outs are printed with z scores against the twin.

One module an engine, written as the engine's own documentation writes such a model. queueing-tool has no customers who
walk out, so it runs M/M/5 only. simmer (R) is missing: its package could not be had where this was last run.
"""
