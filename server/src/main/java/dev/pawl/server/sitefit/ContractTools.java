package dev.pawl.server.sitefit;

import dev.pawl.core.ErrorClass;
import dev.pawl.server.compute.Contract;
import dev.pawl.server.compute.Contracts;
import dev.pawl.tool.Run;
import dev.pawl.tool.Template;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes of each contract a tool that calls the compute server. */
public final class ContractTools {
    /** The queue of these jobs, unless a submit says otherwise. */
    static final String QUEUE = "sitefit";

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** What comes back by itself; every other error is final. */
    private static final List<Integer> PASSING = List.of(429, 502, 503, 504);

    /** Those where the inputs are at fault. */
    private static final List<Integer> INPUTS = List.of(400, 422);

    private ContractTools() {}

    /** A tool for each contract, of the same name and version. */
    public static List<Tool> of(Contracts contracts, SitefitOptions options) {
        return contracts.all().stream().map(contract -> tool(contract, options)).toList();
    }

    private static Tool tool(Contract contract, SitefitOptions options) {
        Duration asked = contract.manifest().timeout();
        Duration timeout = asked.compareTo(options.timeoutMax()) < 0 ? asked : options.timeoutMax();
        var url = new Template(List.of(new Template.Part.Text(url(contract, options))));
        return new Tool(
                contract.id(),
                contract.title(),
                "",
                contract.inputs(),
                contract.outputs(),
                new Run.Http("POST", url, Map.of(), null, CONNECT, timeout, statuses()),
                // Longer than the call's own, which says more when it ends.
                ToolPolicy.defaults()
                        .withTimeout(timeout.plusSeconds(10))
                        .withAttempts(options.attempts())
                        .withBackoff(options.backoffFirst(), options.backoffMax())
                        .withCache(ToolPolicy.Cache.of(options.resultsKept()))
                        .withQueue(QUEUE),
                new Tool.Examples(
                        contract.valid().stream().map(Contract.Example::inputs).toList(),
                        contract.invalid().stream().map(Contract.Example::inputs).toList()),
                "contract " + contract.name());
    }

    private static String url(Contract contract, SitefitOptions options) {
        String url = options.computeUrl();
        if (!url.contains("{definition}"))
            url = url.replaceFirst("/+$", "") + "/gh/{definition}:{version}/solve";
        return url.replace("{definition}", contract.id().name())
                .replace("{version}", contract.id().version());
    }

    private static Map<Integer, ErrorClass> statuses() {
        var statuses = new HashMap<Integer, ErrorClass>();
        for (int status = 300; status < 600; status++)
            statuses.put(
                    status,
                    PASSING.contains(status)
                            ? ErrorClass.TRANSIENT
                            : INPUTS.contains(status) ? ErrorClass.USER : ErrorClass.PERMANENT);
        return statuses;
    }
}
