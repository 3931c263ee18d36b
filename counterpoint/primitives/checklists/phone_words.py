"""Words that the phone app shows; the page carries them, so that they are there without a network."""

from django.utils.translation import gettext as _


def reasons() -> dict[str, str]:
    """Why a message of a phone could not take effect, by code."""
    return {
        "round_closed": _("The round had been handed in already."),
        "too_old": _("Older than 90 days."),
        "invalid": _("The answer does not fit the question."),
        "incomplete": _("Answers were still missing; hand in again."),
        "not_found": _("The checklist or the machine is no longer there."),
        "round_refused": _("Its round could not be begun."),
    }


def words() -> dict[str, str]:
    """Every word of the app in the page's language. Braces are filled in by the script."""
    return {
        "title": _("Rounds"),
        "to_desk": _("To the desk"),
        "to_do": _("Rounds to do"),
        "nothing_due": _("Nothing is due now."),
        "begin_other": _("Begin another round"),
        "begun": _("begun"),
        "begun_here": _("begun on this phone"),
        "due_by": _("due by {time}"),
        "was_due": _("was due at {time}"),
        "answered_of": _("{done} of {all} answered"),
        "handed_in": _("Handed in; on its way to the server."),
        "progress": _("Progress of the round"),
        "review": _("Look over and hand in"),
        "back": _("Back"),
        "next": _("Next"),
        "hand_in": _("Hand in the round"),
        "still_missing": _("{count} items still lack an answer or a photo:"),
        "failed_items": _("Not in order; the branch is told when you hand in:"),
        "critical": _("critical"),
        "not_in_order": _("not in order"),
        "optional": _("(optional)"),
        "yes": _("Yes"),
        "no": _("No"),
        "not_applicable": _("Does not apply"),
        "which_one": _("Which one is it?"),
        "take_back": _("Take the answer back"),
        "contested": _("Somebody else answered this too. The later answer counts; both are kept."),
        "take_photo": _("Take a photo"),
        "photo_needed": _("A photo is needed here."),
        "photo_sent": _("Photo is with the server"),
        "bad_photo": _("This picture cannot be read. Take it again."),
        "sign_here": _("Sign here"),
        "wipe": _("Wipe"),
        "keep_signature": _("Keep the signature"),
        "signed": _("Signed"),
        "scan_code": _("Scan the code"),
        "stop_camera": _("Stop the camera"),
        "no_camera": _("The camera cannot be used. Type the code instead."),
        "type_code": _("or type the code"),
        "find_place": _("Note the place"),
        "place_known": _("Place noted, sure to within {metres} m"),
        "place_rough": _("Known only roughly: go outside or to a window and note it again, else it is not checked."),
        "no_place": _("The place cannot be found now. Go on without it."),
        "outbox": _("Not sent yet"),
        "waiting": _("{items} answers and {photos} photos wait on this phone."),
        "since": _("The oldest since {time}."),
        "send_now": _("Send now"),
        "save_file": _("Save to a file"),
        "save_file_why": _(
            "When sending does not work: hand the file in at a desk under “Rounds”. The phone keeps its copy."
        ),
        "set_aside": _("{count} entries could not be taken in; look under “Not sent yet”."),
        "set_aside_title": _("Could not be taken in"),
        "seen": _("Seen; take it off this list"),
        **{f"reason_{code}": text for code, text in reasons().items()},
        "unsent": _("{count} not sent"),
        "unsent_day": _(
            "Something has waited on this phone for more than 24 hours. Find a network, or save it to a file."
        ),
        "unsent_others": _(
            "{count} entries of another person wait on this phone; they are sent when that person signs in."
        ),
        "sending": _("Sending …"),
        "all_sent": _("All sent"),
        "offline": _("No network; everything is kept"),
        "signed_out": _("Signed out"),
        "signed_out_kept": _("You are signed out. Everything stays on this phone; sign in to send it."),
        "sign_in": _("Sign in"),
        "sign_in_first": _("Sign in once with a network; after that the rounds work without one."),
        "connect_once": _("Open this page once with a network; after that the rounds work without one."),
        "conflict": _("The server refuses an entry. Tell the operator."),
        "memory_full": _("The phone's memory is full. Send what waits, or free some space; this answer was not kept."),
        "not_kept": _("This answer could not be kept. Try again."),
    }
