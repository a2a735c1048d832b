"""How files in Vietnam name their columns, whatever the entity: by kind of field, folded, without signs."""

from __future__ import annotations

from collections.abc import Mapping

from duyen.entities.fields import Emails, Field, Phones, Tags, TaxCodeField


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(","))


#: Heads by the kind of field that they lead to.
BY_KIND: Mapping[type[Field], tuple[str, ...]] = {
    Phones: _words(
        """dien thoai, so dien thoai, sdt, so dt, dt, dien thoai di dong, di dong, so di dong, dtdd,
        dt di dong, mobile, mobile phone, phone, phones, phone number, tel, telephone, cell, cell phone,
        hotline, zalo, so zalo, sdt zalo, dien thoai co dinh, co dinh, dt ban, may ban, lien lac,
        so lien lac, dien thoai lien he, sdt lien he, so dien thoai lien he"""
    ),
    Emails: _words(
        """email, e mail, mail, emails, thu dien tu, hop thu, dia chi email, dia chi mail, email address,
        gmail, email lien he"""
    ),
    TaxCodeField: _words(
        """mst, ma so thue, ma thue, so thue, tax code, tax id, tax number, vat number, taxcode, tin,
        mst cccd, ma so thue cccd, cccd, so cccd, can cuoc, so can cuoc, so dinh danh, so dinh danh ca nhan"""
    ),
    Tags: _words("nhan, the, tag, tags, nhom, phan nhom, label, labels"),
}

#: Heads of the parts of an address.
ADDRESS_PARTS: Mapping[str, tuple[str, ...]] = {
    "line": _words(
        """dia chi, dia chi nha, dia chi lien he, dia chi khach hang, dia chi giao hang, noi o,
        dia chi tru so, tru so, tru so chinh, dia chi cong ty, dia chi thuong tru, dc, dia chi chi tiet,
        so nha, so nha duong, so nha ten duong, duong, ten duong, thon xom, address, street,
        street address, address line, line, ho khau"""
    ),
    "ward": _words(
        """phuong, xa, phuong xa, xa phuong, phuong xa thi tran, xa phuong thi tran, p x, px, ward,
        commune, ward commune, xa thi tran, phuong xa dac khu, xa phuong dac khu"""
    ),
    "district": _words(
        """quan, huyen, quan huyen, huyen quan, quan huyen thi xa, q h, qh, district, huyen thi xa,
        quan huyen tp, quan huyen thi xa thanh pho"""
    ),
    "province": _words(
        """tinh, thanh pho, tinh thanh, tinh tp, tinh thanh pho, tp, tp tinh, thanh pho tinh, province,
        city, province city, city province"""
    ),
}

#: Heads of the parts of a person's name.
NAME_PARTS: Mapping[str, tuple[str, ...]] = {
    "family": _words(
        """ho, ho dem, ho lot, ho va dem, ho va ten dem, ho va ten lot, ho va chu lot, ho va chu dem,
        last name, lastname, family name, surname"""
    ),
    "middle": _words("dem, ten dem, ten lot, chu lot, chu dem, lot, middle name, middlename"),
    "given": _words("first name, firstname, given name, ten goi, ten rieng"),
}

#: Heads that mean one thing or another; the cells decide.
DOUBTFUL = frozenset(_words("dt, tin, dc, lien lac, cell, the, nhom, tp"))
