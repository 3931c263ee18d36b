"""Rosters of many branches at once, with people who float between near ones.

``solve_network(NetworkProblem)`` rosters every branch, asks what a borrowed colleague would be worth where and when,
moves people as long as that pays, and is never dearer than without; ``breaches`` judges by the rules of the network
alone. Branches are tasks of an ``Executor`` (see ``science.fanout``): the cores of this machine, or a cluster.
"""

from counterpoint.science.rostering.network.judge import Breach as Breach
from counterpoint.science.rostering.network.judge import breaches as breaches
from counterpoint.science.rostering.network.problem import Floater as Floater
from counterpoint.science.rostering.network.problem import Move as Move
from counterpoint.science.rostering.network.problem import NetworkProblem as NetworkProblem
from counterpoint.science.rostering.network.problem import Place as Place
from counterpoint.science.rostering.network.search import Effort as Effort
from counterpoint.science.rostering.network.search import NetworkResult as NetworkResult
from counterpoint.science.rostering.network.search import solve_network as solve_network
