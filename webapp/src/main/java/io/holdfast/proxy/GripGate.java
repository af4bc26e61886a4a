// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.proxy;

import io.holdfast.flow.ClientResponse;
import io.holdfast.flow.Collected;
import io.holdfast.flow.ResponseHead;
import io.holdfast.grip.Held;
import io.holdfast.grip.Instructions;
import io.holdfast.http.BodySink;
import io.holdfast.http.BodySource;
import io.holdfast.http.HeldResponse;
import io.holdfast.http.HeldStream;
import io.holdfast.http.message.Headers;
import io.holdfast.http.message.PassedResponse;
import io.holdfast.http.message.Response;
import io.holdfast.proxy.routes.Target;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A response that is an instruction. It is gathered and handed to room {@code grip}, which then holds its request by this class. */
final class GripGate implements Held, Collected.Owner, ClientResponse.Owner {
    private final Proxy proxy;
    private final ProxiedRequest request;
    private final Target target;
    private final ResponseHead head;
    private final BodySource source;

    /** A response of that target with this head, and with the body from that source. */
    GripGate(Proxy proxy, ProxiedRequest request, Target target, ResponseHead head, BodySource source) {
        this.proxy = proxy;
        this.request = request;
        this.target = target;
        this.head = head;
        this.source = source;
    }

    @Override
    public void whole(byte[] body) {
        if (isForLongRequest()) request.fail(400, "Request too large to accept GRIP instruct.");
        // Following the instruction may take time.
        else if (!request.isOver())
            proxy.executor().execute(() -> proxy.grip().take(this, head.status(), head.headers(), body));
    }

    private boolean isForLongRequest() {
        return request.isLongerThan(Instructions.MOST_BYTES);
    }

    /** A long instruction begins a stream, or is refused. */
    @Override
    public BodySink tooLong(byte[] beginning) {
        Optional<PassedResponse> first =
                isForLongRequest() ? Optional.empty() : proxy.grip().beginning(this, head.status(), head.headers());
        if (first.isPresent() && !request.isOver()) {
            ResponseHead shown =
                    new ResponseHead(first.get().status(), first.get().headers(), -1);
            return request.deliver(
                    ClientResponse.goOn(response(), shown, beginning, source, proxy.stall(), this), false);
        }
        source.cancel();
        String reason = "GRIP instruct response too large from " + target.address();
        request.fail(502, isDebugged() ? reason : Instructions.FAILED);
        return BodySink.DISCARD;
    }

    @Override
    public void broken(Exception why) {
        request.fail(502, Instructions.FAILED);
    }

    @Override
    public Response answerTo(Exception why) {
        return request.answerTo(why);
    }

    @Override
    public void onBroken() {
        request.onBroken();
    }

    @Override
    public boolean takesOver(HeldStream stream) {
        proxy.executor().execute(() -> proxy.grip().goOn(this, head.status(), head.headers(), stream));
        return true;
    }

    @Override
    public Response failure(String why) {
        return request.failure(502, isDebugged() ? why : Instructions.FAILED);
    }

    @Override
    public HeldResponse response() {
        return request.response();
    }

    @Override
    public String prefix() {
        return request.route().grip().prefix();
    }

    @Override
    public List<String> subscriptions() {
        return target.subs();
    }

    @Override
    public boolean isDebugged() {
        return request.route().debug();
    }

    @Override
    public boolean isForHead() {
        return request.head().method().equals("HEAD");
    }

    @Override
    public long askedAt() {
        return request.askedAt();
    }

    @Override
    public int asked() {
        return request.asked();
    }

    @Override
    public Headers headers(Headers headers) {
        return request.opened(headers);
    }

    @Override
    public URI place() {
        return LinkFetcher.place(request.head());
    }

    @Override
    public CompletionStage<PassedResponse> fetch(URI place, Headers more) {
        return proxy.fetches().fetch(request.head(), place, more);
    }

    @Override
    public void notifyGone(URI place) {
        proxy.fetches().tell(request.head(), place);
    }

    @Override
    public void onGone(Runnable listener) {
        request.onGone(listener);
    }

    @Override
    public void askAgain(Headers more) {
        request.askAgain(more);
    }

    @Override
    public void done() {
        request.done();
    }
}
