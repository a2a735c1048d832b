"""Tell a Vietnamese syllable from what only looks like one: its letters must stand in a known order.

Source: the orthography of Quốc ngữ, initial + rime + tone. A rime that ends in c, ch, p or t carries sắc
or nặng only. Words of other languages of Vietnam (Đắk, Krông) are not covered.
"""

from __future__ import annotations

import re
import unicodedata

from duyen.kernel.letters import TONE_MARKS

_INITIALS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_ALL_RIMES = """
a ai ao au ay am an ang anh ac ach ap at ăm ăn ăng ăc ăp ăt âu ây âm ân âng âc âp ât
e eo em en eng ec ep et ê êu êm ên êng ênh êch êp êt
i ia iu im in inh ich ip it iêu iêm iên iêng iêc iêp iêt y yêu yêm yên yêng yêt
o oi om on ong oc op ot oong ooc oa oai oao oay oam oan oang oanh oac oach oap oat
oăm oăn oăng oăc oăt oe oeo oem oen oet ô ôi ôm ôn ông ôc ôp ôt ơ ơi ơm ơn ơp ơt
u ui um un ung uc up ut ua uân uâng uât uây uê uêch uên uênh uơ uôi uôm uôn uông uôc uôt
uy uya uych uyn uynh uyp uyt uyu uyên uyêt
ư ưi ưu ưm ưng ưc ưt ưa ươi ươu ươm ươn ương ươc ươp ươt
"""
_RIMES = frozenset(_ALL_RIMES.split())
_ALL_AFTER_QU = "y yn ynh yp yt ych yên yêt yu ya"
_AFTER_QU = frozenset(_ALL_AFTER_QU.split())
_SHAPE = re.compile(f"({'|'.join(sorted(_INITIALS.split(), key=len, reverse=True))})?(.*)")
_STOPS = ("c", "ch", "p", "t")
_STOP_TONES = ("\u0301", "\u0323")


def is_syllable(word: str) -> bool:
    """Tell whether `word`, of either case, in any normal form, is spelled as a Vietnamese syllable is."""
    plain, tones = _without_tone(word.lower())
    if len(tones) > 1:
        return False
    return any(
        rime in rimes and (not rime.endswith(_STOPS) or tones in _STOP_TONES)
        for rime, rimes in _readings(plain)
    )


def _without_tone(word: str) -> tuple[str, str]:
    marks = unicodedata.normalize("NFD", word)
    tones = "".join(sign for sign in marks if sign in TONE_MARKS)
    return unicodedata.normalize("NFC", "".join(sign for sign in marks if sign not in TONE_MARKS)), tones


def _readings(plain: str) -> list[tuple[str, frozenset[str]]]:
    """Give the rimes that may be left behind the initial: «gì» is gi and nothing, or g and ì."""
    match = _SHAPE.fullmatch(plain)
    if match is None:
        return []
    initial, rime = match[1] or "", match[2]
    found = [(rime, _RIMES | _AFTER_QU if initial == "qu" else _RIMES)]
    if initial == "gi":
        found.append(("i" + rime, _RIMES))
    return found
