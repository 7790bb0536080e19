# SPDX-License-Identifier: GPL-3.0-or-later
"""What other parsers say of a message, as trees of neutral.Node. One function a source.

What is made alike here, and nothing else is:

- mime4j writes no types, only events and header fields: the type is that of the first Content-Type
  field (RFC 2045 section 5.2 when there is none or it is malformed; message/rfc822 in a digest).
- mime4j writes the decoded text of quoted-printable with CR LF, whatever the message has: its suite
  compares lines.
- mime4j, as its trees were made, drops every line of a header section that is no field, all of a
  message without header section: where it found neither field nor body, its own other mode is
  expected (malformedHeaderStartsBody), in which such lines are the body.
- Preamble and epilogue are no parts, for any of us. A multipart in which no delimiter comes has no
  part for mime4j (all is preamble), is a leaf of type multipart/... for CPython, and has one
  text/plain part for us, as in IMAP: here it has one part, too, with what they give as preamble or
  body.
- CPython reads the body of every message/... type as a message, and each block of a
  message/delivery-status as one: here only message/rfc822 and message/global are messages
  (RFC 2046 section 5.2, RFC 6532), the others are leaves with the octets that stand in the file.
- MimeKit gives offsets, not bodies: the body is the octets between them, its transfer encoding
  taken off by Python's binascii.
"""
import binascii
import email
import email.message
import email.policy
import json
import os
import re
import xml.etree.ElementTree

from neutral import Node

INNER = ("message/rfc822", "message/global")
TYPE = re.compile(r"\s*([^\s/;()<>@,\\\"\[\]?=]+)\s*/\s*([^\s/;()<>@,\\\"\[\]?=]+)\s*(?:;|\(|\Z)")


def mime4j_type(entity, parent):
    """The type of a mime4j ENTITY (message or body-part) inside a multipart of type PARENT."""
    for field in entity.findall("header/field"):
        name, _, value = field.text.lstrip("\r\n").partition(":")
        if name.strip().lower() == "content-type":
            found = TYPE.match(value)
            return f"{found[1]}/{found[2]}".lower() if found else "text/plain"
    return "message/rfc822" if parent == "multipart/digest" else "text/plain"


def mime4j_node(entity, parent, folder):
    kind = mime4j_type(entity, parent)
    for child in entity:
        if child.tag == "multipart":
            parts = [mime4j_node(part, kind, folder) for part in child.findall("body-part")]
            if not parts:
                preamble = child.findtext("preamble", "").removeprefix("\n")
                parts = [Node("text/plain", preamble.encode("latin-1"))]
            return Node(kind, parts=parts)
        if child.tag == "message":
            return Node(kind, parts=[mime4j_node(child, None, folder)])
        if child.tag in ("text-body", "binary-body"):
            with open(os.path.join(folder, child.get("name")), "rb") as file:
                return Node(kind, file.read())
    raise ValueError(f"mime4j: an entity without body: {[child.tag for child in entity]}")


def mime4j(path):
    """The tree that NAME_decoded.xml beside the message PATH describes."""
    tree = xml.etree.ElementTree.parse(path.removesuffix(".msg") + "_decoded.xml")
    root = mime4j_node(tree.getroot(), None, os.path.dirname(path))
    if root.body == b"" and root.parts is None and not tree.findall("header/field"):
        with open(path, "rb") as file:
            root.body = file.read()
    return root


class Leaf(email.message.Message):
    """CPython's message, but one whose type is message/…, other than a whole mail, is no message."""

    def is_other_message(self):
        kind = super().get_content_type()
        return kind.startswith("message/") and kind not in INNER

    def get_content_type(self):
        return "application/x-fields" if self.is_other_message() else super().get_content_type()

    def get_content_maintype(self):
        return self.get_content_type().partition("/")[0]


def cpython_node(message):
    kind = email.message.Message.get_content_type(message)
    parts = message.get_payload()
    if not isinstance(parts, list):
        body = message.get_payload(decode=True)
        if kind.startswith("multipart/"):
            return Node(kind, parts=[Node("text/plain", body)])
        return Node(kind, body)
    return Node(kind, parts=[cpython_node(part) for part in parts])


def cpython(octets):
    """The tree that the email package of this machine's Python makes of OCTETS."""
    return cpython_node(email.message_from_bytes(octets, Leaf, policy=email.policy.compat32))


def decode(octets, encoding):
    """OCTETS without their transfer encoding."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        return binascii.a2b_base64(octets)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(octets)
    return octets


def mimekit_node(body, octets):
    kind = body["mimeType"].lower()
    if "message" in body:
        return Node(kind, parts=[mimekit_node(body["message"]["body"], octets)])
    if "children" in body and (body["children"] or kind.startswith("multipart/")):
        return Node(kind, parts=[mimekit_node(child, octets) for child in body["children"]])
    fields = octets[body["beginOffset"]:body["headersEndOffset"]]
    if fields.startswith(b">From "): # CPython would take it for the body's first line
        fields = fields.partition(b"\n")[2]
    header = email.message_from_bytes(fields)
    encoded = octets[body["headersEndOffset"]:body["endOffset"]]
    return Node(kind, decode(encoded, header.get("Content-Transfer-Encoding", "")))


def mimekit(path, octets):
    """The messages of a mailbox by its offsets file: (begin, end, tree) each."""
    with open(path, encoding="ascii") as file:
        for message in json.load(file):
            yield (message["beginOffset"], message["endOffset"],
                   mimekit_node(message["body"], octets))
