"""Photos taken on a round: what is in them, whether they are sharp, whether they were handed in before.

::

    from counterpoint.science import photos

    picture = photos.decoded(content)                  # bytes of a JPEG, PNG or WebP
    photos.codes(picture)                              # QR codes
    photos.sharpness(picture).verdict                  # sharp, soft, blurred, unsure
    photos.fingerprint(content, picture)               # to find the same picture again
    photos.claimed(content)                            # when its own notes say it was taken: a claim
    found = photos.read_label(picture)                 # until when a label is valid
    if found.expiry and found.expiry.sure: ...

Every reading is sure or says why not; what is not sure is for a person to look at. All runs on one core without a
network; the engines (extra `web`) are imported when they are first used.
"""

from counterpoint.science.photos.codes import Code as Code
from counterpoint.science.photos.codes import codes as codes
from counterpoint.science.photos.gauges import Dial as Dial
from counterpoint.science.photos.gauges import GaugeReading as GaugeReading
from counterpoint.science.photos.gauges import read_gauge as read_gauge
from counterpoint.science.photos.labels import DateFound as DateFound
from counterpoint.science.photos.labels import LabelReading as LabelReading
from counterpoint.science.photos.labels import interpret as interpret
from counterpoint.science.photos.labels import read_label as read_label
from counterpoint.science.photos.lines import Line as Line
from counterpoint.science.photos.moments import Claim as Claim
from counterpoint.science.photos.moments import claimed as claimed
from counterpoint.science.photos.pictures import decoded as decoded
from counterpoint.science.photos.readings import UNITS as UNITS
from counterpoint.science.photos.readings import NumberFound as NumberFound
from counterpoint.science.photos.readings import read_number as read_number
from counterpoint.science.photos.sameness import Fingerprint as Fingerprint
from counterpoint.science.photos.sameness import distance as distance
from counterpoint.science.photos.sameness import fingerprint as fingerprint
from counterpoint.science.photos.sameness import judged as judged
from counterpoint.science.photos.sameness import seen as seen
from counterpoint.science.photos.sharpness import Sharpness as Sharpness
from counterpoint.science.photos.sharpness import sharpness as sharpness
