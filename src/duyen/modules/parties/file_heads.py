"""How files name what we keep of customers and contacts, beside the words on the screen; folded."""

from __future__ import annotations

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

#: By field, the heads that lead to it.
HEADS = {name: tuple(" ".join(word.split()) for word in text.split(",")) for name, text in _TEXT.items()}
