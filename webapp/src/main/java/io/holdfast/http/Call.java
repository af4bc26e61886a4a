// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.message.EventSources;
import io.holdfast.http.message.Header;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import io.holdfast.http.server.Upgraded;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One request that a {@link Handler} serves: its parameters, checked as they are read, and the two ways to respond. */
public final class Call {
    private static final Logger LOG = System.getLogger(Call.class.getName());
    private static final Set<String> OF_THIS_PAGE = Set.of("same-origin", "none");
    private static final Pattern LOOPBACK =
            Pattern.compile("(?:localhost|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d{1,5})?", Pattern.CASE_INSENSITIVE);
    private static final String BASIC = "Basic ";
    /** {@code Long.parseLong} takes more: a plus sign, and the digits of every script. */
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Map<String, String> names;
    private final Setup setup;
    private final boolean withBody;
    private final Query query;
    private @Nullable HeldResponse held;

    Call(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> names,
            Setup setup,
            boolean withBody) {
        this.request = request;
        this.response = response;
        this.names = names;
        this.setup = setup;
        this.withBody = withBody;
        this.query = new Query(request);
    }

    /** The part of the path where the route has {@code {name}}: a name of 1 to 128 characters {@code A-Z a-z 0-9 . _ ~ -}. */
    public String name(String name) {
        return names.getOrDefault(name, "");
    }

    /** The names in the path where the route has <code>{name,}</code>: up to 32, all different. */
    public List<String> names(String name) {
        return Routes.names(names.getOrDefault(name + Routes.SEVERAL, ""));
    }

    /** The query parameter as text; empty when it is not there. */
    public Optional<String> text(String parameter) {
        return query.value(parameter);
    }

    /** The name and the value of the last of these query parameters that is not blank, as the function joins them. */
    public <T> Optional<T> last(Collection<String> parameters, BiFunction<String, String, T> join) {
        return query.last(parameters, join);
    }

    /** The query parameter as one of these words; empty when it is not there. */
    public Optional<String> word(String parameter, String... words) {
        Optional<String> value = query.value(parameter);
        if (value.isPresent() && !List.of(words).contains(value.get()))
            throw new Refusal(Problem.badValue(parameter, String.join(" or ", words), value.get()));
        return value;
    }

    /** The query parameter as a whole number within bounds. */
    public int number(String parameter, int otherwise, int least, int most) {
        OptionalLong value = integer(parameter);
        if (value.isEmpty()) return otherwise;
        if (value.getAsLong() < least || value.getAsLong() > most)
            throw new Refusal(
                    Problem.badValue(parameter, "from " + least + " to " + most, Long.toString(value.getAsLong())));
        return (int) value.getAsLong();
    }

    /** All of the request but its body. */
    public RequestHead head() {
        return RequestHead.of(request, setup);
    }

    /** The caller is more than anybody, so some memory is kept for it. To be called before the body is read. */
    public void favour() {
        Backlog.favour(request);
    }

    /** Whether the caller is known to be more than anybody. */
    public boolean isFavoured() {
        return Backlog.isFavoured(request);
    }

    /** The request header; empty when it is not there. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    /** The path of the application, which begins every path of it. */
    public String context() {
        return request.getContextPath();
    }

    /**
     * Refuses a request that a browser sends for a page of another origin that the settings do not name, because the browser would add the
     * credentials that it keeps for this server. Such a page can neither omit nor forge {@code Origin} and {@code Sec-Fetch-Site}. Over
     * plain HTTP, browsers send neither with an image, a frame or a link. There, {@code Referer} must show a page of this server.
     */
    public void checkOrigin() {
        String origin = request.getHeader("Origin"), site = request.getHeader("Sec-Fetch-Site");
        if (origin != null && setup.crossOrigin().names(origin)) return;
        if (origin != null && !isOwn(origin)) throw foreign("Origin", "this server's own", origin);
        if (site != null && !OF_THIS_PAGE.contains(site.strip().toLowerCase(Locale.ROOT)))
            throw foreign("Sec-Fetch-Site", "same-origin or none", site);
        if (origin == null && site == null) checkReferer();
    }

    /** A page can omit {@code Referer}. Therefore, a browser must send it; programs need not. */
    private void checkReferer() {
        String referer = request.getHeader("Referer");
        String shown = referer == null ? "" : referer.strip();
        if (shown.isEmpty() ? isBrowser() : !isOwn(shown))
            throw foreign(
                    "Referer",
                    "a page of this server's own if a browser sends neither Origin nor Sec-Fetch-Site",
                    shown);
    }

    /** Each browser begins so, and says what it accepts. A page can change neither of the two names, nor leave one out. */
    private boolean isBrowser() {
        String agent = request.getHeader("User-Agent");
        return agent != null && agent.startsWith("Mozilla/") && request.getHeader("Accept") != null;
    }

    /** Whether a page of this server has that address. The scheme may differ, because a proxy may end the encryption. */
    private boolean isOwn(String page) {
        int scheme = page.indexOf("://");
        if (scheme < 0) return false;
        String from = page.substring(scheme + 3).split("[/?#]", 2)[0];
        String forwarded = setup.trusts(request) ? request.getHeader("X-Forwarded-Host") : null;
        String first = forwarded == null ? "" : forwarded.split(",", 2)[0].strip();
        return !from.isEmpty() && (from.equalsIgnoreCase(request.getHeader("Host")) || from.equalsIgnoreCase(first));
    }

    private static Refusal foreign(String field, String rule, String value) {
        String shown = Problem.shown(value);
        return new Refusal(Problem.of(403, field + " must be " + rule + ", not '" + shown + "'.")
                .and("field", field)
                .and("rule", rule)
                .and("value", shown));
    }

    /**
     * Whether a program on this machine sent the request for itself: from a loopback address, to a name of loopback, and without the
     * headers of a proxy or the origin of a page.
     */
    public boolean isLocal() {
        String host = request.getHeader("Host"), origin = request.getHeader("Origin");
        if (host == null || !LOOPBACK.matcher(host).matches() || isOnBehalf()) return false;
        if (origin != null && !origin.equalsIgnoreCase(request.getScheme() + "://" + host)) return false;
        return isLoopback(request.getRemoteAddr());
    }

    private boolean isOnBehalf() {
        return setup.server().isOnBehalf(request)
                || Collections.list(request.getHeaderNames()).stream().anyMatch(Call::isOnBehalf);
    }

    private static boolean isOnBehalf(String name) {
        return name.equalsIgnoreCase("Via") || Header.isOnBehalf(name) || Header.imitates(name, Header::isOnBehalf);
    }

    private static boolean isLoopback(@Nullable String address) {
        return address != null
                && TrustedProxies.literal(address)
                        .filter(InetAddress::isLoopbackAddress)
                        .isPresent();
    }

    /** Whether the container knows the caller; its HTTP Basic credentials are shown to it if there are any. */
    public boolean isKnown() {
        try {
            return request.getUserPrincipal() != null || logIn();
        } catch (RuntimeException | ServletException refused) {
            // Undertow without users fails with a null pointer, Jetty with text that is not base64.
            LOG.log(Level.DEBUG, "The container does not know the caller", refused);
            return false;
        }
    }

    /** The name by which the container knows the caller; empty if it does not. */
    public Optional<String> user() {
        return isKnown() ? Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName) : Optional.empty();
    }

    /** Whether the caller, who must be {@linkplain #isKnown known}, is in that role of the container. */
    public boolean isInRole(String role) {
        return request.isUserInRole(role);
    }

    private boolean logIn() throws ServletException {
        String header = request.getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) return false;
        String pair = new String(
                Base64.getDecoder().decode(header.substring(BASIC.length()).strip()), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        // A user has a name and a password.
        if (colon < 1 || colon == pair.length() - 1) return false;
        boolean inSession = request.getSession(false) != null;
        request.login(pair.substring(0, colon), pair.substring(colon + 1));
        if (!inSession) endSession();
        return true;
    }

    /** WildFly begins a session for the caller, who sends credentials with every request anyway. */
    private void endSession() {
        HttpSession session = request.getSession(false);
        if (session != null) session.invalidate();
    }

    /** The query parameter as a 64-bit integer; empty when it is not there. */
    public OptionalLong integer(String parameter) {
        Optional<String> value = query.value(parameter);
        if (value.isEmpty()) return OptionalLong.empty();
        try {
            if (INTEGER.matcher(value.get()).matches()) return OptionalLong.of(Long.parseLong(value.get()));
        } catch (NumberFormatException e) {
            // An integer of more than 64 bits.
        }
        throw new Refusal(Problem.badValue(parameter, "an integer of 64 bits", value.get()));
    }

    /**
     * How long this request may be held: the query parameter {@code wait} or {@code Prefer: wait=N} (RFC 7240), in seconds, or
     * else the given default; never more than the configured cap. Zero means not at all.
     */
    public Duration wait(Duration otherwise) {
        OptionalLong asked = askedWait();
        if (asked.isPresent()) return setup.waits().granted(seconds(asked.getAsLong()));
        return preferredWait(otherwise);
    }

    /** Refuses an invalid {@code wait} on a request that is not held. */
    public void checkWait() {
        askedWait();
    }

    /** The same by {@code Prefer: wait=N} alone, for paths whose query belongs to the application. */
    public Duration preferredWait(Duration otherwise) {
        OptionalLong preferred = Prefer.wait(Collections.list(request.getHeaders("Prefer")));
        if (preferred.isEmpty()) return setup.waits().granted(otherwise);
        Duration granted = setup.waits().granted(seconds(preferred.getAsLong()));
        response.setHeader("Preference-Applied", "wait=" + granted.toSeconds());
        return granted;
    }

    /** Whether the client asks for {@code Prefer: respond-async} (RFC 7240). */
    public boolean prefersAsync() {
        return Prefer.isAsync(Collections.list(request.getHeaders("Prefer")));
    }

    private OptionalLong askedWait() {
        OptionalLong asked = integer("wait");
        if (asked.isPresent() && asked.getAsLong() < 0)
            throw new Refusal(Problem.badValue("wait", "0 or more seconds", Long.toString(asked.getAsLong())));
        return asked;
    }

    private Duration seconds(long asked) {
        return Duration.ofSeconds(Math.min(asked, setup.waits().cap().toSeconds() + 1));
    }

    /** Answers now. */
    public void answer(OwnResponse answer) throws IOException {
        int most = setup.server().longestHead(request);
        int set = Setup.headersOf(response);
        boolean taken = most == Integer.MAX_VALUE || Setup.headOf(answer, set) <= most;
        OwnResponse sent = taken ? answer : setup.headTooLong(answer, set, most);
        sent.writeTo(response, withBody);
        if (!withBody) setup.server().endHead(response);
    }

    /** This answer, or a stream that ends at once, if an {@code EventSource} asks that would not come back after it. */
    OwnResponse shown(OwnResponse answer) {
        Headers headers = Headers.NONE;
        for (String accepted : Collections.list(request.getHeaders("Accept")))
            headers = headers.with("Accept", accepted);
        String origin = request.getHeader("Origin");
        if (origin != null && !response.containsHeader("Access-Control-Allow-Origin"))
            headers = headers.with("Origin", origin);
        return EventSources.shown(answer, request.getMethod(), headers);
    }

    /** Answers in place of a handler that failed, whether it holds the response or not. */
    void answerFailure(OwnResponse answer) throws IOException {
        if (held != null) held.answer(answer);
        else if (!response.isCommitted()) answer(answer);
    }

    /** Holds the response for an answer within that time; the container ends it only after the grace. */
    public HeldResponse hold(Duration atMost) {
        HeldResponse holding = HeldResponse.of(
                new HeldHead(request, setup).hold(), atMost.plus(setup.waits().grace()), setup, withBody);
        held = holding;
        return holding;
    }

    /**
     * Answers with a stream: this status, media type and headers, and first of all this body. For a {@code HEAD}, the stream is
     * gone from the start. A stream that nobody ends is cut after the backstop.
     */
    public HeldStream stream(OwnResponse head, Duration backstop) throws IOException {
        HeldHead kept = new HeldHead(request, setup);
        try {
            head.writeHeadTo(response);
            setup.server().unbuffer(response);
            if (withBody) setup.server().markEnd(request, response);
            else response.flushBuffer();
        } catch (IOException | RuntimeException e) {
            kept.release();
            throw e;
        }
        AsyncContext context = kept.hold();
        context.setTimeout(backstop.toMillis());
        return HeldStream.ofCall(context, head, setup, withBody);
    }

    /**
     * Answers 101 and gives the connection to the user, in that protocol from then on. Refuses a request that does not ask for it with
     * 426, and one with a body, or of another version than HTTP/1.1, with 400.
     *
     * @param user runs once, on a thread of the server, when the connection is open
     */
    public void upgrade(String protocol, Consumer<Upgraded> user) throws IOException {
        Upgrade.check(request, protocol);
        Upgrade.grant(setup.server(), request, response, protocol, user);
    }

    /** The wait with its jitter, for the deadline of a hold. */
    public Duration spread(Duration wait) {
        return setup.waits().spread(wait);
    }

    /** Whether this is a {@code HEAD}: the headers of a {@code GET} that does not wait. */
    public boolean isHead() {
        return !withBody;
    }
}
