package dev.pawl.app.cli;

import static dev.pawl.app.cli.Finding.fault;
import static dev.pawl.app.cli.Finding.ok;
import static dev.pawl.app.cli.Finding.warning;

import dev.pawl.core.PawlException;
import dev.pawl.server.compute.ComputeOptions;
import dev.pawl.server.compute.ComputeProbe;
import dev.pawl.server.compute.ComputeServer;
import dev.pawl.server.compute.Contract;
import dev.pawl.server.compute.ContractProblem;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.RhinoOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether front sitefit has contracts that hold, and somebody who solves them. */
record SitefitChecks(Call call) {
    List<Finding> findings() throws InterruptedException {
        var findings = new ArrayList<Finding>();
        Optional<String> url = call.configuration().sitefit().compute();
        try {
            Optional<RhinoOptions> rhino =
                    url.isEmpty() ? call.configuration().compute().rhino() : Optional.empty();
            Contracts contracts = Compute.read(call, rhino);
            findings.addAll(contracts(contracts));
            findings.add(url.isEmpty() ? own(contracts, rhino) : other(url.get()));
        } catch (PawlException e) {
            findings.add(fault("contracts", String.valueOf(e.getMessage()), ""));
        }
        return findings;
    }

    private static List<Finding> contracts(Contracts contracts) {
        var findings = new ArrayList<Finding>();
        for (ContractProblem problem : contracts.problems())
            findings.add(
                    problem.served()
                            ? fault(
                                    "examples",
                                    "%s %s".formatted(problem.file(), problem.reason()),
                                    "mend the example or inputs.schema.json, whichever is wrong")
                            : fault(
                                    "contracts",
                                    "%s: %s".formatted(problem.file(), problem.reason()),
                                    "mend it; until then the contract is not served"));
        if (contracts.all().isEmpty())
            findings.add(
                    fault(
                            "contracts",
                            "none can be served",
                            "name a folder with NAME/VERSION/ in it with --contracts"));
        for (Contract contract : contracts.all()) findings.add(examples(contract));
        return findings;
    }

    private static Finding examples(Contract contract) {
        int valid = contract.valid().size();
        int invalid = contract.invalid().size();
        return valid == 0
                ? warning(
                        "contracts",
                        contract.name() + " is served, and has no valid example",
                        "put inputs that fit into examples/valid")
                : ok(
                        "contracts",
                        "%s is served, with %d valid and %d invalid examples"
                                .formatted(contract.name(), valid, invalid));
    }

    /** The one that would be started in this process, asked as a client does. */
    private Finding own(Contracts contracts, Optional<RhinoOptions> rhino)
            throws InterruptedException {
        var options = ComputeOptions.defaults().withHost(SitefitSetup.HOST).withPort(0);
        try (ComputeServer compute = Compute.server(call, contracts, rhino, options).start()) {
            String address = "http://%s:%d".formatted(SitefitSetup.HOST, compute.port());
            return finding(
                    Compute.solver(rhino) + ", in pawl's own process",
                    ComputeProbe.trouble(address),
                    rhino.isEmpty() ? "" : "start it, or mend compute.url (COMPUTE_URL)");
        }
    }

    private static Finding other(String url) throws InterruptedException {
        return finding(
                url,
                ComputeProbe.trouble(url),
                "start it there, or mend sitefit.compute (APPSERVER_URL)");
    }

    private static Finding finding(String who, Optional<String> trouble, String advice) {
        return trouble.map(why -> fault("compute", "%s: %s".formatted(who, why), advice))
                .orElseGet(() -> ok("compute", who + " is ready"));
    }
}
