package dev.outrigger.inject.certs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Makes a certificate authority and one server certificate of it, by the JDK's {@code keytool}. That is a process for a moment,
 * where a library for certificates would be ten megabytes in every sidecar's image for something that happens every other
 * month in one job; and the encoding is none of our own, as it would have to be with nothing but the JDK's public interface.
 *
 * <p>The tool is started through {@code java}, which every image has; small ones leave its own launcher out.
 */
final class CertificateMaker {
    private static final String MAIN = "java.base/sun.security.tools.keytool.Main";
    private static final String PASSWORD_VARIABLE = "OUTRIGGER_STORE_PASSWORD";
    private static final int PASSWORD_BYTES = 24;
    private static final int LIMIT_SECONDS = 60;
    private static final String AUTHORITY = "ca";
    private static final String SERVER = "server";

    private final Path temporary;

    /** @param temporary a directory that can be written to; nothing is left in it */
    CertificateMaker(Path temporary) {
        this.temporary = temporary;
    }

    /**
     * What was made. The key of the authority is gone: the next certificate has an authority of its own, so there is nothing to
     * steal.
     *
     * @param authority PEM
     * @param certificate PEM, without the authority's
     * @param key PEM, PKCS#8
     */
    record Made(String authority, String certificate, String key) {}

    /**
     * @param names DNS names; the first is the subject's
     * @param validity whole days
     */
    Made make(List<String> names, Duration validity) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(temporary, "outrigger-certs");
        Path store = directory.resolve("store.p12");
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        try {
            run(authority(validity), store, password);
            run(server(names, validity), store, password);
            return read(store, password.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IOException("what keytool made can not be read", e);
        } finally {
            Files.deleteIfExists(store);
            Files.delete(directory);
        }
    }

    private static List<String> authority(Duration validity) {
        List<String> arguments = pair(AUTHORITY, "CN=outrigger-injector-ca", validity);
        arguments.addAll(List.of("-ext", "bc:c=ca:true,pathlen:0", "-ext", "ku:c=keyCertSign,cRLSign"));
        return arguments;
    }

    private static List<String> server(List<String> names, Duration validity) {
        String alternatives = names.stream().map(name -> "dns:" + name).collect(Collectors.joining(","));
        // A subject's common name may have 64 characters, which names in a cluster may exceed; nobody looks at it.
        List<String> arguments = pair(SERVER, "CN=outrigger-injector", validity);
        arguments.addAll(List.of("-signer", AUTHORITY, "-ext", "san=" + alternatives));
        arguments.addAll(List.of("-ext", "eku=serverAuth", "-ext", "ku:c=digitalSignature"));
        return arguments;
    }

    /** Begins an hour ago: clocks of nodes differ. */
    private static List<String> pair(String alias, String subject, Duration validity) {
        return new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                subject,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-sigalg",
                "SHA256withECDSA",
                "-startdate",
                "-1H",
                "-validity",
                Long.toString(validity.toDays())));
    }

    private static void run(List<String> arguments, Path store, String password)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-m", MAIN));
        command.addAll(arguments);
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass:env", PASSWORD_VARIABLE));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD_VARIABLE, password);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            // A line or two: the pipe can not fill up.
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("keytool is not done after " + LIMIT_SECONDS + " s");
            }
            String said = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
            if (process.exitValue() != 0) {
                throw new IOException("keytool failed: " + said.strip());
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static Made read(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        Key key = store.getKey(SERVER, password);
        X509Certificate authority = (X509Certificate) store.getCertificate(AUTHORITY);
        X509Certificate certificate = (X509Certificate) store.getCertificate(SERVER);
        return new Made(
                Pem.of(List.of(authority)), Pem.of(List.of(certificate)), Pem.of("PRIVATE KEY", key.getEncoded()));
    }
}
