package dev.outrigger.interception;

import dev.outrigger.config.model.AddressRange;
import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ranges of addresses as people write them: {@code 10.0.0.0/8,fd00::/8}, or addresses alone, of both families. */
public final class AddressRanges {
    /** No address. */
    public static final AddressRanges NONE = new AddressRanges(List.of());

    private static final String EXPECTED = "expected addresses and ranges such as 10.0.0.0/8,fd00::/8";
    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(\\d{1,3}))?");

    private final List<AddressRange> ranges;

    private AddressRanges(List<AddressRange> ranges) {
        this.ranges = ranges;
    }

    /**
     * Reads a list.
     *
     * @param text empty for no address
     * @throws IllegalArgumentException with the part that is wrong and what is expected
     */
    public static AddressRanges parse(String text) {
        if (text.isBlank()) {
            return NONE;
        }
        List<AddressRange> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            ranges.add(range(part.strip()));
        }
        return new AddressRanges(List.copyOf(ranges));
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public boolean contains(InetAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    /** Those of one family. */
    List<AddressRange> of(IpFamily family) {
        return ranges.stream().filter(family::has).toList();
    }

    private static AddressRange range(String part) {
        Matcher form = FORM.matcher(part);
        byte[] bytes = form.matches() ? NetUtil.createByteArrayFromIpAddressString(form.group(1)) : null;
        if (bytes == null) {
            throw new IllegalArgumentException("'" + part + "': " + EXPECTED);
        }
        int bits = bytes.length * Byte.SIZE;
        int prefixBits = form.group(2) == null ? bits : Integer.parseInt(form.group(2));
        if (prefixBits > bits) {
            throw new IllegalArgumentException("'" + part + "': expected a prefix of at most " + bits + " bits");
        }
        BigInteger mask = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE.shiftLeft(bits - prefixBits));
        BigInteger first = new BigInteger(1, bytes).and(mask);
        InetAddress address = address(first, bytes.length);
        if (address.getAddress().length < bytes.length) {
            throw new IllegalArgumentException("'" + part + "': expected " + NetUtil.toAddressString(address)
                    + " as an address of IPv4, with a prefix of its own");
        }
        AddressRange whole = new AddressRange(address, prefixBits);
        if (!first.equals(new BigInteger(1, bytes))) {
            throw new IllegalArgumentException("'" + part + "': has bits behind its prefix, expected " + whole);
        }
        return whole;
    }

    private static InetAddress address(BigInteger value, int length) {
        byte[] bytes = new byte[length];
        BigInteger rest = value;
        for (int i = length - 1; i >= 0; i--) {
            bytes[i] = rest.byteValue();
            rest = rest.shiftRight(Byte.SIZE);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
