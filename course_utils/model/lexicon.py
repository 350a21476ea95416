"""The word lists of the offline model: where to add a word that it should understand."""

from __future__ import annotations


def each(text: str) -> tuple[str, ...]:
    """List the words of a text: a short way to write a long list."""
    return tuple(text.split())


# Words of one line mean nearly the same when a tool is looked for; a word may be in several lines.
GROUPS = """
send email mail message write text notify forward drop shoot deliver contact tell
email mail e-mail inbox
message text sms post dm ping say tell announce share publish
post publish share announce channel slack write
create make add new open raise start register log put build generate set
delete remove erase trash discard wipe purge drop clear clean destroy kick eject expel
cancel void abort revoke undo drop cancellation remove
update change edit modify adjust alter correct set replace
move rename relocate transfer shift
reschedule move postpone shift delay push
get show check fetch read view display give retrieve lookup see open
list show display enumerate all
search find look lookup google browse query hunt seek where
pay transfer wire send payment settle remit
refund reimburse return reimbursement repay
money payment cash dollar euro pound yen usd eur gbp fund amount price
book reserve reservation booking schedule arrange aside hold
schedule plan arrange book calendar
event meeting appointment calendar invite call session sync standup
convert conversion exchange change much many
currency money exchange rate dollar euro pound yen usd eur gbp
translate translation say translator
weather forecast rain rainy sunny snow cold hot warm umbrella wind windy degree humidity temperature
temperature thermostat heat heating warm cool degree cold hot hotter warmer cooler
ticket issue bug incident case problem complaint broken crash fault
remind reminder remember forget alarm nudge
alarm wake timer
file document doc folder directory
play listen hear music song track album playlist
light lamp bulb
turn switch toggle
order buy purchase
buy purchase get order
flight fly plane airline ticket
restaurant table dinner lunch eat dine reservation
hotel room stay accommodation night
stock share price quote ticker trading
calculate compute calculator sum plus total evaluate work math
sum plus total adder
subtract minus less difference
multiply times product
divide quotient
task todo do
note memo jot write record log
log record track expense spend spent
call ring phone dial telephone
renew extend prolong continue
comment reply respond answer remark
coupon discount voucher code promo
save store add keep create
subscription plan membership subscribe
server machine host
direction route way navigate
user customer person client account member
account balance bank money
party people guest person seat size diner cover
news headline article
summarize summary summarise shorten
ride cab taxi uber car
package parcel shipment delivery
track trace where follow status
distance far route direction
define definition mean meaning dictionary
recipe cook dish meal
lock secure
ban block suspend
invite add
assign give reassign
approve accept
close resolve finish shut
upload attach
download fetch save
copy duplicate clone
run execute launch start
stop halt end terminate kill
deploy release ship rollout
restart reboot
revenue earn income sale turnover
feed food meal
transaction spend spent purchase history
grant give allow permit access
"""

# Several words that say what one word says.
PHRASES = {
    r"get rid of|throw (?:away|out)": "delete",
    r"call(?:ed)? off": "cancel",
    r"look(?:ing)? (?:up|for)": "search",
    r"set up|put together": "create",
    r"money back": "refund",
    r"how do (?:you|i) say": "translate",
    r"unsubscribe": "cancel subscription",
    r"roll(?:ing)? out": "deploy",
    r"shut down": "stop",
    r"how (?:do|can) (?:i|we) get": "directions",
    r"wake me": "alarm",
    r"let (\w+) know": r"tell \1",
    r"to-do": "todo",
    r"e-mail": "email",
    r"put on": "play",
    r"(?:tell|show|give) me": "show",
    r"file (?=an? )": "create ",
    r"do i have on|(?:am|are) (?:i|we) (?:free|busy)|have i got on": "calendar",
    r"jot down|write down|note down": "note",
    r"how far": "distance",
    r"push back": "reschedule",
    r"what (?:day|date) is (?:it|today)|today's date": "date",
    r"what(?:'s| is) the time|what time is it": "time",
}

PREPOSITIONS = each(
    """
    in at on for to from with about by into onto near as of under regarding until before after
    via since because through between per around towards against over
    """
)

# Words that say nothing about which tool is meant.
STOP_WORDS = frozenset(
    each(
        """
        being forgot forgotten lost lately recently
    a about also an and any are as at be been by can could d did do does for from function given
    had has have he hello her here hey hi him his how i i'd i'll if im in into is it its just
    kindly let let's like ll m may me might my need no not of ok okay on or our out please re s
    shall she should so some t thank thanks that the their them then there these they this those
    to tool tools up us use used using ve via want was we were what when whether which who will
    with would you your
    """
    )
)
