package dev.outrigger.transport;

import java.io.ByteArrayOutputStream;

/** The few bytes of DER (X.690) that turn an old form of private key into PKCS#8. */
final class Der {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    /** INTEGER 0. */
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    private Der() {}

    /** A PrivateKeyInfo (RFC 5208) of an algorithm's identifier and a key in the algorithm's own form. */
    static byte[] pkcs8(byte[] algorithm, byte[] key) {
        ByteArrayOutputStream content = new ByteArrayOutputStream(key.length + algorithm.length + 16);
        content.writeBytes(VERSION);
        content.writeBytes(algorithm);
        content.writeBytes(element(OCTET_STRING, key));
        return element(SEQUENCE, content.toByteArray());
    }

    /** The AlgorithmIdentifier out of a SubjectPublicKeyInfo (RFC 5280), which begins with it. */
    static byte[] algorithm(byte[] publicKeyInfo) {
        int start = contentStart(publicKeyInfo, 0);
        int contentStart = contentStart(publicKeyInfo, start);
        int end = contentStart + length(publicKeyInfo, start);
        byte[] identifier = new byte[end - start];
        System.arraycopy(publicKeyInfo, start, identifier, 0, identifier.length);
        return identifier;
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream element = new ByteArrayOutputStream(content.length + 6);
        element.write(tag);
        if (content.length < 0x80) {
            element.write(content.length);
        } else {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / Byte.SIZE;
            element.write(0x80 | octets);
            for (int i = octets - 1; i >= 0; i--) {
                element.write(content.length >>> (i * Byte.SIZE));
            }
        }
        element.writeBytes(content);
        return element.toByteArray();
    }

    private static int contentStart(byte[] der, int start) {
        int first = der[start + 1] & 0xff;
        return start + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int start) {
        int first = der[start + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = length << Byte.SIZE | der[start + 2 + i] & 0xff;
        }
        return length;
    }
}
