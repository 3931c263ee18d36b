"""The demo bank: invented branches and people, a simulated year, and a player who is its customers and tellers.

`cast` says who and where (pure), `bank` writes it, `world` turns a branch into a model of the twin, `year` simulates
its history, `script` draws one day's people, `play` and `player` play them through the public actions, `controls`
moves the clock.
Nothing here is measured; screens call it simulated.
"""
