"""EVA-DTS audits of vending machines: bytes in, frozen values out, every deviation named."""
