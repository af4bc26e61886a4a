// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.drain;

import io.holdfast.access.Access;
import io.holdfast.http.Call;
import io.holdfast.http.Routes;
import io.holdfast.http.message.Json;
import io.holdfast.http.message.OwnResponse;
import io.holdfast.http.message.Problem;
import io.holdfast.http.message.Refusal;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The switches by which operators drain a member: {@code /admin/drain}, and a JMX bean. */
public final class DrainResource implements AutoCloseable {
    private static final int LONGEST_DELAY = 600;
    private static final double MILLIS = 1000; // of a second

    private final Drain drain;
    private final Access access;
    private final Json json;
    private final DrainBean bean;

    private DrainResource(Drain drain, Access access, Json json, DrainBean bean) {
        this.drain = drain;
        this.access = access;
        this.json = json;
        this.bean = bean;
    }

    /**
     * Opens the switches.
     *
     * @param context the context path, by which the JMX bean is told from another deployment's
     */
    public static DrainResource open(Drain drain, Access access, Json json, String context) {
        return new DrainResource(drain, access, json, DrainBean.register(drain, context.isEmpty() ? "/" : context));
    }

    /**
     * The progress of a drain.
     *
     * @param state {@code serving}, {@code delaying}, {@code releasing} or {@code drained}
     * @param holds how many requests of clients this member holds
     * @param remaining the seconds for which everything is still served; absent unless {@code delaying}
     */
    @JsonbPropertyOrder({"state", "holds", "remaining"})
    public record Told(String state, int holds, @Nullable Double remaining) {}

    /** Adds the paths. */
    public void addTo(Routes routes) {
        routes.add("/admin/drain", Map.of("GET", this::get, "POST", this::post, "DELETE", this::delete), "delay");
    }

    private void get(Call call) throws IOException {
        access.toOperate(call);
        call.answer(told(200));
    }

    private void post(Call call) throws IOException {
        access.toOperate(call);
        if (call.text("delay").isPresent()) drain.begin(Duration.ofSeconds(call.number("delay", 0, 0, LONGEST_DELAY)));
        else drain.begin();
        call.answer(told(202));
    }

    private void delete(Call call) throws IOException {
        access.toOperate(call);
        if (!drain.takeBack())
            throw new Refusal(Problem.of(
                            409,
                            "The drain cannot be taken back: held requests are answered already. Start the member again.")
                    .and("field", "state")
                    .and("rule", "serving or delaying")
                    .and("value", drain.state().toString()));
        call.answer(told(200));
    }

    private OwnResponse told(int status) {
        Drain.Progress now = drain.progress();
        Duration remaining = now.remaining();
        return json.answer(
                status,
                new Told(
                        now.state().toString(), now.holds(), remaining == null ? null : remaining.toMillis() / MILLIS));
    }

    @Override
    public void close() {
        bean.close();
    }
}
