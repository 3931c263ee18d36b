"""Floor plan: what stands where in a hall, and how far people walk around it.

::

    from counterpoint.science import floorplan, twin

    plan = floorplan.FloorPlan(
        width=10.0, depth=8.0,                                             # metres
        places=(floorplan.Place("chairs", "a", 5.0, 6.0, seats=12), floorplan.Place("counter", "1", 2.0, 2.0)),
        obstacles=(floorplan.rectangle("pillar", (3.0, 3.5), (4.0, 4.5)),),
    )
    walks = floorplan.walks(plan)          # shortest ways between all places
    walks.minutes("counter", "1")          # from the chairs, at the plan's speed
    model = floorplan.with_walking(model, walks)    # the twin's branch with these minutes

    seen = floorplan.sight(plan, [floorplan.Camera("cam-01", 0.0, 0.0, 45, 90, 12)])    # blind spots: seen.blind
    floorplan.ways_out(walks, blocked=["main"])    # to the nearest exit that is free

A way is the shortest line that keeps ``clearance`` from every obstacle and outer wall; it turns at corners only.
"""

from counterpoint.science.floorplan.escape import WayOut as WayOut
from counterpoint.science.floorplan.escape import exits_of as exits_of
from counterpoint.science.floorplan.escape import ways_out as ways_out
from counterpoint.science.floorplan.plan import FloorPlan as FloorPlan
from counterpoint.science.floorplan.plan import Obstacle as Obstacle
from counterpoint.science.floorplan.plan import Place as Place
from counterpoint.science.floorplan.plan import PlanError as PlanError
from counterpoint.science.floorplan.plan import Point as Point
from counterpoint.science.floorplan.plan import Zone as Zone
from counterpoint.science.floorplan.plan import rectangle as rectangle
from counterpoint.science.floorplan.sight import BlindSpot as BlindSpot
from counterpoint.science.floorplan.sight import Camera as Camera
from counterpoint.science.floorplan.sight import Sight as Sight
from counterpoint.science.floorplan.sight import require_hung as require_hung
from counterpoint.science.floorplan.sight import sight as sight
from counterpoint.science.floorplan.sight import view as view
from counterpoint.science.floorplan.sight import watching as watching
from counterpoint.science.floorplan.walking import with_walking as with_walking
from counterpoint.science.floorplan.ways import Walks as Walks
from counterpoint.science.floorplan.ways import walks as walks
