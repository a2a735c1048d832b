"""How files name what we keep of customers and contacts, beside the words on the screen; folded."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


_TEXT = {
    "name": """ten khach hang, ten kh, ho va ten, ho ten, ten day du, khach hang, ho ten khach hang,
        ten cong ty, ten doanh nghiep, ten to chuc, ten don vi, cong ty, ten khach, full name, fullname,
        customer, customer name, company name, company, contact name, display name""",
    "honorific": "xung ho, danh xung, cach xung ho, salutation, title",
    "born_on": """ngay sinh, nam sinh, ngay thang nam sinh, sinh ngay, ns, sinh nhat, dob, birthday,
        birth date, date of birth, birthdate""",
    "note": "ghi chu khach hang, mo ta, dien giai, notes, remark",
    "owner": """nhan vien, nhan vien phu trach, nguoi phu trach, phu trach, nv phu trach, nvkd, sale, sales,
        nhan vien kinh doanh, email nguoi phu trach, account manager, sales rep""",
    "unit": "chi nhanh, don vi quan ly, cua hang, branch",
    "kind": "loai khach hang, loai kh, phan loai, doi tuong, loai hinh, customer type",
    "source": "nguon khach hang, nguon kh, nguon den, kenh, kenh den, lead source, channel",
    "known_since": "created at, ngay tao, ngay tham gia, la khach tu, ngay thanh khach hang",
    "industry": "nganh nghe, linh vuc, nganh hang, linh vuc kinh doanh",
    "size_band": "quy mo, quy mo nhan su",
    "revenue_band": "doanh thu nam",
}

_OF_A_CONTACT = """ten, ho va ten, ho ten, ten day du, ten lien he, nguoi lien he, ten nguoi lien he,
    ho ten nguoi lien he, full name, fullname, contact, contact name, display name"""
#: Where a contact works: what names a firm in a file of customers names it here.
_WORKPLACE = {
    "organisation": """khach hang, ten khach hang, ten kh, ma khach hang, ma kh, cong ty, ten cong ty,
        doanh nghiep, ten doanh nghiep, to chuc, ten to chuc, ma to chuc, noi lam viec, noi cong tac,
        don vi cong tac, co quan, ten don vi, mst cong ty, ma so thue, mst, company, company name, customer,
        customer name, customer code, organisation, organization, organisation code, firm, employer,
        account, account name""",
    "job_title": "chuc vu, chuc danh, vi tri, vi tri cong viec, job title, position, job",
    "contact_role": "vai tro, vai tro lien he, contact role",
}

#: By field, the heads that lead to it.
HEADS = {name: _words(text) for name, text in _TEXT.items()}
CONTACT_NAME_HEADS = _words(_OF_A_CONTACT)
WORKPLACE_HEADS = {name: _words(text) for name, text in _WORKPLACE.items()}
